# Search for web pages under a custom domain, with tokens, and for programs of the account through the function URL; with a
# customer-managed key, indexing of uploaded files, requests that write, and a mail when something is wrong.

module "quidditch" {
  source = "../.."

  name         = "cities"
  architecture = "arm64"

  # The store.
  bucket_kms_key_arn       = aws_kms_key.quidditch.arn
  noncurrent_version_days  = 14
  incoming_expiration_days = 90

  # The search function: what is used most is opened and loaded before the first request.
  indices                     = ["cities"]
  functions                   = ["geo_distance", "string_distance@1.0.0"]
  snapshot_seconds            = 30
  search_memory_mb            = 3538
  search_disk_mb              = 2048
  memory_cache_bytes          = 1024 * 1024 * 1024
  disk_cache_bytes            = 1536 * 1024 * 1024
  search_timeout_seconds      = 5
  search_reserved_concurrency = 50

  # Endpoints.
  function_url_authorization = "AWS_IAM"
  api_gateway_authorization  = "JWT"
  api_gateway_jwt = {
    issuer   = var.token_issuer
    audience = [var.token_audience]
  }
  api_gateway_rate_limit  = 50
  api_gateway_burst_limit = 100
  cors_origins            = ["https://www.example.org"]
  custom_domain = {
    domain_name    = var.domain_name
    hosted_zone_id = var.hosted_zone_id
  }

  # Indexing.
  indexing_memory_mb            = 4096
  indexing_disk_mb              = 4096
  indexing_reserved_concurrency = 5
  writing_enabled               = true

  # Monitoring.
  log_level          = "info"
  log_retention_days = 90
  log_kms_key_arn    = aws_kms_key.quidditch.arn
  alarm_topic_arns   = [aws_sns_topic.alarms.arn]
}
