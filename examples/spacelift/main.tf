# A named webhook that reports runs to spacelift-promex, and the policy that makes Spacelift use it.
# Works with Terraform and OpenTofu; pass the secret in TF_VAR_webhook_secret.

terraform {
  required_providers {
    spacelift = {
      source = "spacelift-io/spacelift"
    }
  }
}

variable "webhook_url" {
  description = "Where Spacelift reaches the exporter, e.g. https://promex.example.com/webhook"
  type        = string
}

variable "webhook_secret" {
  description = "The secret in the exporter's --webhook-secret-file"
  type        = string
  sensitive   = true
}

resource "spacelift_named_webhook" "promex" {
  name     = "spacelift-promex"
  endpoint = var.webhook_url
  secret   = var.webhook_secret
  enabled  = true
  space_id = "root"
  labels   = ["spacelift-promex"]
}

resource "spacelift_policy" "promex" {
  name     = "spacelift-promex: report runs"
  type     = "NOTIFICATION"
  space_id = "root"
  body     = file("${path.module}/notification-policy.rego")
}
