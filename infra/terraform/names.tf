# Names and locations.

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

data "aws_partition" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  region     = data.aws_region.current.region
  partition  = data.aws_partition.current.partition

  search_name   = "${var.name}-search"
  indexing_name = "${var.name}-index"

  # Bucket names are global, so the default contains account and region.
  bucket_name = coalesce(var.bucket_name, "${var.name}-${local.account_id}-${local.region}")
  store_url   = "s3://${local.bucket_name}/${var.store_prefix}"

  # Files uploaded here are indexed: incoming/<index>/<anything>.ndjson, or .ndjson.gz. The indexing function uses the same name.
  incoming_prefix = "incoming/"

  # Where `cargo xtask package lambda` writes the packages.
  packages         = "${path.module}/../../target/lambda"
  search_package   = coalesce(var.search_package, "${local.packages}/search-${var.architecture}.zip")
  indexing_package = coalesce(var.indexing_package, "${local.packages}/index-${var.architecture}.zip")

  has_function_url  = var.function_url_authorization != null
  has_api_gateway   = var.api_gateway_authorization != null
  has_custom_domain = var.custom_domain != null
}
