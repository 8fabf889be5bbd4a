output "store_url" {
  value = module.quidditch.store_url
}

output "curl_api" {
  value = module.quidditch.curl_api
}

output "curl_function_url" {
  value = module.quidditch.curl_function_url
}

output "upload_command" {
  value = module.quidditch.upload_command
}

output "writing_url" {
  value = module.quidditch.writing_url
}

output "writer_policy_json" {
  value = module.quidditch.writer_policy_json
}

output "indexing_failures_queue_url" {
  value = module.quidditch.indexing_failures_queue_url
}

output "dashboard_url" {
  value = module.quidditch.dashboard_url
}
