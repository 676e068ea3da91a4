# Pinned by version; pin by digest as well where the registry's answer can be checked.
FROM --platform=$BUILDPLATFORM denoland/deno:2.9.6 AS build
WORKDIR /sources
COPY . .
# Compiles for the image's platform on the builder's own, so nothing is emulated.
ARG TARGETARCH
# The history is not here: builds of a commit pass its hash and its time.
ARG COMMIT=""
ARG SOURCE_DATE_EPOCH=""
RUN deno task build --target "linux-${TARGETARCH}" --output /out

FROM gcr.io/distroless/cc-debian12:nonroot
ARG COMMIT=""
LABEL org.opencontainers.image.title="spacelift-promex" \
      org.opencontainers.image.description="Prometheus exporter for Spacelift accounts" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.revision="${COMMIT}"
COPY --from=build --chown=0:0 /out/spacelift-promex /usr/bin/spacelift-promex
COPY --from=build --chown=0:0 /sources/LICENSE /usr/share/doc/spacelift-promex/LICENSE
# Lets the heap grow only as far as the container's memory limit allows.
ENV DENO_USE_CGROUPS=1 NO_COLOR=1
# The health check asks at this address: set the variable rather than the flag to listen elsewhere.
ENV SPACELIFT_PROMEX_LISTEN_ADDRESS=:9953
USER 1983:1983
WORKDIR /
EXPOSE 9953
HEALTHCHECK --interval=30s --timeout=6s --start-period=10s --retries=3 \
  CMD ["/usr/bin/spacelift-promex", "health"]
ENTRYPOINT ["/usr/bin/spacelift-promex"]
CMD ["serve"]
