# What is created by default. The provider is a mock: `terraform test` uses no account.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_region" {
    defaults = { region = "us-east-1" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_resource "aws_lambda_function_url" {
    defaults = { function_url = "https://abc.lambda-url.us-east-1.on.aws/" }
  }
}

variables {
  # Any existing file: nothing is uploaded.
  search_package   = "versions.tf"
  indexing_package = "versions.tf"
}

run "all_defaults" {
  assert {
    condition     = output.store_url == "s3://quidditch-123456789012-us-east-1/store"
    error_message = "store_url is ${output.store_url}"
  }

  assert {
    condition = aws_lambda_function.search.environment[0].variables == tomap({
      QUIDDITCH_STORE             = "s3://quidditch-123456789012-us-east-1/store"
      QUIDDITCH_SNAPSHOT_SECONDS  = "10"
      QUIDDITCH_TIMEOUT_MS        = "10000"
      QUIDDITCH_PRODUCT_HEADER    = "false"
      QUIDDITCH_LOG               = "info"
      QUIDDITCH_METRICS_NAMESPACE = "Quidditch"
    })
    error_message = "the search function's environment is ${jsonencode(aws_lambda_function.search.environment[0].variables)}"
  }

  assert {
    condition     = aws_lambda_function.search.timeout == 15 && aws_lambda_function.search.architectures == tolist(["arm64"])
    error_message = "the search function has the wrong timeout or architecture"
  }

  assert {
    condition     = aws_lambda_function_url.search[0].authorization_type == "AWS_IAM" && length(aws_lambda_permission.function_url) == 0
    error_message = "the function URL must require IAM, and the function's policy must name no principal"
  }

  assert {
    condition     = output.curl_function_url == "curl -sS --aws-sigv4 'aws:amz:us-east-1:lambda' --user \"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\" -H \"x-amz-security-token: $AWS_SESSION_TOKEN\" -H 'content-type: application/json' -d '{\"query\":{\"match_all\":{}}}' 'https://abc.lambda-url.us-east-1.on.aws/INDEX/_search?pretty'"
    error_message = "curl_function_url is ${output.curl_function_url}"
  }

  assert {
    condition     = output.writing_url == null && output.curl_writing_url == null && output.writer_policy_json == null
    error_message = "no URL must accept requests that write"
  }

  assert {
    condition     = !contains(keys(aws_lambda_function.indexing[0].environment[0].variables), "QUIDDITCH_WRITES")
    error_message = "the indexing function must not answer requests"
  }

  assert {
    condition     = output.api_url == null && output.curl_api == null && output.custom_domain_url == null
    error_message = "there must be no HTTP API"
  }

  assert {
    condition     = output.upload_command == "aws s3 cp FILE.ndjson.gz 's3://quidditch-123456789012-us-east-1/incoming/INDEX/'"
    error_message = "upload_command is ${output.upload_command}"
  }

  assert {
    condition     = [for rule in aws_s3_bucket_notification.incoming[0].lambda_function : "${rule.filter_prefix}*${rule.filter_suffix}"] == ["incoming/*.ndjson", "incoming/*.ndjson.gz"]
    error_message = "the bucket must notify of uploaded files, plain and compressed"
  }

  assert {
    condition     = aws_lambda_function_event_invoke_config.indexing[0].destination_config[0].on_failure[0].destination == aws_sqs_queue.indexing_failures[0].arn
    error_message = "indexing failures must be sent to the queue"
  }

  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.this) == ["indexing-failures", "indexing-lost-failures", "search-crashes", "search-errors", "search-slow", "search-throttles"]
    error_message = "the alarms are ${jsonencode(keys(aws_cloudwatch_metric_alarm.this))}"
  }
}

run "the_dashboard_shows_every_metric" {
  assert {
    condition = alltrue([for metric in [
      "Requests", "Errors", "Latency", "PlanLatency", "WarmLatency", "ExecuteLatency", "FetchLatency", "StorageGets", "StorageBytes",
      "CacheHits", "FunctionCalls", "FunctionDocuments", "FunctionTime", "FunctionErrors",
    ] : strcontains(aws_cloudwatch_dashboard.search[0].dashboard_body, metric)])
    error_message = aws_cloudwatch_dashboard.search[0].dashboard_body
  }

  assert {
    condition     = length(distinct([for widget in jsondecode(aws_cloudwatch_dashboard.search[0].dashboard_body).widgets : "${widget.x}/${widget.y}"])) == 16
    error_message = "the 16 widgets must not overlap"
  }
}

run "settings_reach_the_function" {
  variables {
    indices            = ["cities", "größe.2"]
    functions          = ["geo_distance", "string_distance@1.0.0"]
    disabled_functions = ["haversine", "geo_distance@0.9.0", "team/nearby"]
    trusted_keys       = ["ed25519:Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="]
    require_signatures = true
    memory_cache_bytes = 512 * 1024 * 1024
    filter_cache_bytes = 0
    disk_cache_bytes   = 512 * 1024 * 1024
    log_level          = "warn"
  }

  assert {
    condition = aws_lambda_function.search.environment[0].variables == tomap({
      QUIDDITCH_STORE              = "s3://quidditch-123456789012-us-east-1/store"
      QUIDDITCH_INDICES            = "cities,größe.2"
      QUIDDITCH_FUNCTIONS          = "geo_distance,string_distance@1.0.0"
      QUIDDITCH_DISABLED_FUNCTIONS = "haversine,geo_distance@0.9.0,team/nearby"
      QUIDDITCH_TRUSTED_KEYS       = "ed25519:Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="
      QUIDDITCH_REQUIRE_SIGNATURES = "true"
      QUIDDITCH_SNAPSHOT_SECONDS   = "10"
      QUIDDITCH_MEMORY_CACHE_BYTES = "536870912"
      QUIDDITCH_FILTER_CACHE_BYTES = "0"
      QUIDDITCH_DISK_CACHE_BYTES   = "536870912"
      QUIDDITCH_TIMEOUT_MS         = "10000"
      QUIDDITCH_PRODUCT_HEADER     = "false"
      QUIDDITCH_LOG                = "warn"
      QUIDDITCH_METRICS_NAMESPACE  = "Quidditch"
    })
    error_message = "the search function's environment is ${jsonencode(aws_lambda_function.search.environment[0].variables)}"
  }

  assert {
    condition     = aws_lambda_function.search.logging_config[0].application_log_level == "INFO"
    error_message = "Lambda's log filter must let metrics through, which count as INFO"
  }
}

run "functions_come_from_a_registry" {
  variables {
    functions         = ["geo_distance", "oci://localhost:5000/team/string_distance:1.0.0_build.7@sha256:${join("", [for i in range(64) : "a"])}"]
    quidditch_program = "true"
  }

  assert {
    condition     = aws_lambda_function.search.environment[0].variables["QUIDDITCH_FUNCTIONS"] == "geo_distance,string_distance@1.0.0+build.7"
    error_message = "the search function must load the function by its name and version"
  }

  assert {
    condition     = length(terraform_data.registry_function) == 1
    error_message = "only the function with a reference must be pulled"
  }
}

run "without_indexing_and_observation" {
  variables {
    indexing_enabled  = false
    alarms_enabled    = false
    dashboard_enabled = false
  }

  assert {
    condition     = output.indexing_function_name == null && output.indexing_failures_queue_url == null && output.upload_command == null && output.dashboard_url == null
    error_message = "what is switched off must not be created"
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 0
    error_message = "there must be no alarms"
  }
}

run "no_package" {
  command = plan

  variables {
    search_package = "not-there.zip"
  }

  expect_failures = [aws_lambda_function.search]
}
