locals {
  function_url      = try(trimsuffix(aws_lambda_function_url.search[0].function_url, "/"), null)
  writing_url       = try(trimsuffix(aws_lambda_function_url.writing[0].function_url, "/"), null)
  api_url           = try(aws_apigatewayv2_api.search[0].api_endpoint, null)
  custom_domain_url = local.has_custom_domain ? "https://${try(var.custom_domain.domain_name, "")}" : null

  example_index = try(var.indices[0], "INDEX")
  search_body   = jsonencode({ query = { match_all = {} } })

  # The curl options for each kind of authorization. Without a session token, curl omits the empty header.
  sign_for = { for service in ["lambda", "execute-api"] : service => join(" ", [
    "--aws-sigv4 'aws:amz:${local.region}:${service}'",
    "--user \"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\"",
    "-H \"x-amz-security-token: $AWS_SESSION_TOKEN\" ",
  ]) }
  function_url_credentials = try({ AWS_IAM = local.sign_for["lambda"], NONE = "" }[var.function_url_authorization], "")
  api_credentials = try({
    AWS_IAM = local.sign_for["execute-api"]
    JWT     = "-H \"authorization: Bearer $TOKEN\" "
    NONE    = ""
  }[var.api_gateway_authorization], "")
  curl_options = "-H 'content-type: application/json' -d '${local.search_body}'"
}

output "function_url" {
  description = "The function URL, without a trailing slash; null if there is none."
  value       = local.function_url
}

output "api_url" {
  description = "The HTTPS address of the HTTP API; null if there is none. With a custom domain it does not respond."
  value       = local.api_url
}

output "custom_domain_url" {
  description = "The HTTPS address under the custom domain; null if there is none."
  value       = local.custom_domain_url
}

output "curl_function_url" {
  description = "A shell command that searches through the function URL. With AWS_IAM it needs the usual AWS_* variables."
  value       = local.function_url == null ? null : "curl -sS ${local.function_url_credentials}${local.curl_options} '${local.function_url}/${local.example_index}/_search?pretty'"
}

output "curl_api" {
  description = "A shell command that searches through the HTTP API, under the custom domain if there is one. With AWS_IAM it needs the usual AWS_* variables, with JWT a TOKEN."
  value       = local.api_url == null ? null : "curl -sS ${local.api_credentials}${local.curl_options} '${coalesce(local.custom_domain_url, local.api_url)}/${local.example_index}/_search?pretty'"
}

output "writing_url" {
  description = "The function URL for requests that write, without a trailing slash; null if writing_enabled is false."
  value       = local.writing_url
}

output "curl_writing_url" {
  description = "A shell command that stores a document through the function URL for writing. It needs the usual AWS_* variables."
  value       = local.writing_url == null ? null : "curl -sS ${local.sign_for["lambda"]}-H 'content-type: application/json' -d '{}' '${local.writing_url}/${local.example_index}/_doc?pretty'"
}

output "store_url" {
  description = "The store, for QUIDDITCH_STORE or --store of the quidditch command."
  value       = local.store_url
}

output "upload_command" {
  description = "A shell command that uploads a file to be indexed; null without an indexing function."
  value       = var.indexing_enabled ? "aws s3 cp FILE.ndjson.gz 's3://${local.bucket_name}/${local.incoming_prefix}${local.example_index}/'" : null
}

output "bucket_name" {
  description = "The bucket."
  value       = aws_s3_bucket.store.id
}

output "bucket_arn" {
  description = "The bucket's ARN."
  value       = aws_s3_bucket.store.arn
}

output "search_function_name" {
  description = "The search function's name."
  value       = aws_lambda_function.search.function_name
}

output "search_function_arn" {
  description = "The search function's ARN."
  value       = aws_lambda_function.search.arn
}

output "search_role_arn" {
  description = "The role of the search function."
  value       = aws_iam_role.search.arn
}

output "search_log_group" {
  description = "The log group of the search function."
  value       = aws_cloudwatch_log_group.search.name
}

output "indexing_function_name" {
  description = "The indexing function's name; null if there is none."
  value       = one(aws_lambda_function.indexing[*].function_name)
}

output "indexing_role_arn" {
  description = "The role of the indexing function; null if there is none."
  value       = one(aws_iam_role.indexing[*].arn)
}

output "indexing_failures_queue_url" {
  description = "The queue with the files that could not be indexed, and the reasons; null without an indexing function."
  value       = one(aws_sqs_queue.indexing_failures[*].url)
}

output "dashboard_url" {
  description = "The dashboard in the console; null if there is none."
  value       = var.dashboard_enabled ? "https://${local.region}.console.aws.amazon.com/cloudwatch/home?region=${local.region}#dashboards:name=${var.name}" : null
}

output "caller_policy_json" {
  description = "An IAM policy that allows callers in this account to search; null if IAM does not control access."
  value       = length(local.caller_statements) == 0 ? null : jsonencode({ Version = "2012-10-17", Statement = local.caller_statements })
}

output "writer_policy_json" {
  description = "An IAM policy that allows callers in this account to send requests to writing_url; null if writing_enabled is false."
  value       = length(local.writer_statements) == 0 ? null : jsonencode({ Version = "2012-10-17", Statement = local.writer_statements })
}

output "uploader_policy_json" {
  description = "An IAM policy that allows uploading files to be indexed, and nothing else."
  value       = jsonencode({ Version = "2012-10-17", Statement = local.uploader_statements })
}

output "operator_policy_json" {
  description = "An IAM policy for operators, who create indices, publish functions, merge and collect garbage: everything that the quidditch command does with the store."
  value       = jsonencode({ Version = "2012-10-17", Statement = local.operator_statements })
}
