# The log groups of the functions, and their retention.

locals {
  # The functions filter their log lines themselves (QUIDDITCH_LOG). Metrics are lines without a level, which Lambda treats as
  # INFO, so its filter must let INFO through.
  lambda_log_level = contains(["debug", "trace"], var.log_level) ? upper(var.log_level) : "INFO"
}

resource "aws_cloudwatch_log_group" "search" {
  #checkov:skip=CKV_AWS_338:Log retention is configurable (log_retention_days); searches are not an audit trail
  name              = "/aws/lambda/${local.search_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
}

resource "aws_cloudwatch_log_group" "indexing" {
  #checkov:skip=CKV_AWS_338:Log retention is configurable (log_retention_days); what was indexed is in the manifests
  count = var.indexing_enabled ? 1 : 0

  name              = "/aws/lambda/${local.indexing_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
}

resource "aws_cloudwatch_log_group" "api_gateway" {
  #checkov:skip=CKV_AWS_338:Log retention is configurable (log_retention_days)
  count = local.has_api_gateway ? 1 : 0

  # With this prefix, log groups do not each need an entry in the account's resource policy, whose size is limited.
  name              = "/aws/vendedlogs/apigateway/${local.search_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
}
