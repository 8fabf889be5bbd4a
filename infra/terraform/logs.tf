# Where the functions' logs go, and for how long.

locals {
  # The functions choose their lines themselves (QUIDDITCH_LOG). Metrics are lines without a level, which Lambda takes for
  # INFO, so it must let through at least those.
  lambda_log_level = contains(["debug", "trace"], var.log_level) ? upper(var.log_level) : "INFO"
}

resource "aws_cloudwatch_log_group" "search" {
  #checkov:skip=CKV_AWS_338:How long logs are kept is a choice (log_retention_days); searches are no audit trail
  name              = "/aws/lambda/${local.search_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
}

resource "aws_cloudwatch_log_group" "indexing" {
  #checkov:skip=CKV_AWS_338:How long logs are kept is a choice (log_retention_days); what was indexed is in the manifests
  count = var.indexing_enabled ? 1 : 0

  name              = "/aws/lambda/${local.indexing_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
}

resource "aws_cloudwatch_log_group" "api_gateway" {
  #checkov:skip=CKV_AWS_338:How long logs are kept is a choice (log_retention_days)
  count = local.has_api_gateway ? 1 : 0

  # Below this name, access to the group is not an entry each in a policy of the account that has room for few.
  name              = "/aws/vendedlogs/apigateway/${local.search_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
}
