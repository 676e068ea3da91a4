# Sends each change of a run to every webhook with the label "spacelift-promex". The exporter takes it
# as a hint and asks the API for the run itself, so the default payload will do.
package spacelift

webhook[{"endpoint_id": endpoint.id}] {
	input.run_updated
	endpoint := input.webhook_endpoints[_]
	endpoint.labels[_] == "spacelift-promex"
}
