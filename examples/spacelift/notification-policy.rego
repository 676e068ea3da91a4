# Sends each change of a run to every webhook with the label "spacelift-promex". The exporter treats
# it as a hint and requests the run from the API, so the default payload is enough.
package spacelift

webhook[{"endpoint_id": endpoint.id}] {
	input.run_updated
	endpoint := input.webhook_endpoints[_]
	endpoint.labels[_] == "spacelift-promex"
}
