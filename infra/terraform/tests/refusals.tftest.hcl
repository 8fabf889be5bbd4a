# What is rejected before anything is created: each limit, at the limit and one above it.

mock_provider "aws" {}

variables {
  search_package   = "versions.tf"
  indexing_package = "versions.tf"
}

run "names" {
  command = plan

  variables {
    name                 = "q23456789012345678901234567890123"
    bucket_name          = "my.bucket"
    store_prefix         = "incoming/store"
    metrics_namespace    = "AWS/Lambda"
    indices              = ["Cities"]
    functions            = ["geo-distance"]
    disabled_functions   = ["geo_distance@1"]
    trusted_keys         = ["ed25519:AAAA"]
    architecture         = "arm"
    log_level            = "warning"
    log_retention_days   = 31
    log_kms_key_arn      = "alias/logs"
    bucket_kms_key_arn   = "alias/bucket"
    alarm_topic_arns     = ["alarms"]
    cors_origins         = ["https://www.example.org/"]
    function_url_callers = ["shop"]
  }

  expect_failures = [
    var.name, var.bucket_name, var.store_prefix, var.metrics_namespace, var.indices, var.functions,
    var.disabled_functions, var.trusted_keys, var.architecture, var.log_level, var.log_retention_days,
    var.log_kms_key_arn, var.bucket_kms_key_arn, var.alarm_topic_arns, var.cors_origins,
    var.function_url_callers,
  ]
}

run "signatures_without_keys" {
  command = plan

  variables {
    require_signatures = true
  }

  expect_failures = [var.require_signatures]
}

run "reference_without_a_version" {
  command = plan

  variables {
    functions = ["oci://ghcr.io/team/geo_distance:latest"]
  }

  expect_failures = [var.functions]
}

run "smallest" {
  command = plan

  variables {
    name                          = "qd"
    noncurrent_version_days       = 1
    incoming_expiration_days      = 1
    snapshot_seconds              = 0
    search_memory_mb              = 128
    search_disk_mb                = 512
    memory_cache_bytes            = 0
    disk_cache_bytes              = 0
    search_timeout_seconds        = 1
    search_reserved_concurrency   = 0
    indexing_memory_mb            = 512
    indexing_disk_mb              = 512
    indexing_timeout_seconds      = 10
    indexing_reserved_concurrency = 0
    api_gateway_rate_limit        = 0.5
    api_gateway_burst_limit       = 1
    log_retention_days            = 0
  }
}

run "largest" {
  command = plan

  variables {
    name                     = "q2345678901234567890123456789012"
    snapshot_seconds         = 3600
    search_memory_mb         = 10240
    search_disk_mb           = 10240
    memory_cache_bytes       = 5120 * 1024 * 1024
    disk_cache_bytes         = 10240 * 1024 * 1024
    search_timeout_seconds   = 895
    indexing_memory_mb       = 10240
    indexing_disk_mb         = 10240
    indexing_timeout_seconds = 900
    log_retention_days       = 3653
  }
}

run "as_long_as_api_gateway_waits" {
  command = plan

  variables {
    api_gateway_authorization = "AWS_IAM"
    search_timeout_seconds    = 25
  }
}

run "too_small" {
  command = plan

  variables {
    noncurrent_version_days       = 0
    incoming_expiration_days      = 0
    snapshot_seconds              = -1
    search_memory_mb              = 127
    search_disk_mb                = 511
    search_timeout_seconds        = 0
    search_reserved_concurrency   = -2
    indexing_memory_mb            = 511
    indexing_disk_mb              = 511
    indexing_timeout_seconds      = 9
    indexing_reserved_concurrency = -2
    api_gateway_rate_limit        = 0
    api_gateway_burst_limit       = 0
  }

  expect_failures = [
    var.noncurrent_version_days, var.incoming_expiration_days, var.snapshot_seconds, var.search_memory_mb, var.search_disk_mb,
    var.search_timeout_seconds, var.search_reserved_concurrency, var.indexing_memory_mb, var.indexing_disk_mb,
    var.indexing_timeout_seconds, var.indexing_reserved_concurrency, var.api_gateway_rate_limit, var.api_gateway_burst_limit,
  ]
}

run "too_large" {
  command = plan

  variables {
    snapshot_seconds         = 3601
    search_memory_mb         = 10241
    search_disk_mb           = 10241
    search_timeout_seconds   = 896
    indexing_memory_mb       = 10241
    indexing_disk_mb         = 10241
    indexing_timeout_seconds = 901
  }

  expect_failures = [
    var.snapshot_seconds, var.search_memory_mb, var.search_disk_mb, var.search_timeout_seconds,
    var.indexing_memory_mb, var.indexing_disk_mb, var.indexing_timeout_seconds,
  ]
}

run "caches_that_do_not_fit" {
  command = plan

  variables {
    search_memory_mb   = 1024
    memory_cache_bytes = 512 * 1024 * 1024 + 1
    disk_cache_bytes   = 512 * 1024 * 1024 + 1
  }

  expect_failures = [var.memory_cache_bytes, var.disk_cache_bytes]
}

run "longer_than_api_gateway_waits" {
  command = plan

  variables {
    api_gateway_authorization = "AWS_IAM"
    search_timeout_seconds    = 26
  }

  expect_failures = [var.search_timeout_seconds]
}

run "tokens_without_an_issuer" {
  command = plan

  variables {
    api_gateway_authorization = "JWT"
  }

  expect_failures = [var.api_gateway_jwt]
}

run "a_domain_without_an_api" {
  command = plan

  variables {
    custom_domain = { domain_name = "search.example.org", hosted_zone_id = "Z1" }
  }

  expect_failures = [var.custom_domain]
}

run "callers_of_a_public_address" {
  command = plan

  variables {
    function_url_authorization = "NONE"
    function_url_callers       = ["210987654321"]
  }

  expect_failures = [var.function_url_callers]
}

run "unknown_authorizations" {
  command = plan

  variables {
    function_url_authorization = "IAM"
    api_gateway_authorization  = "TOKEN"
  }

  expect_failures = [var.function_url_authorization, var.api_gateway_authorization]
}

run "writing_without_indexing" {
  command = plan

  variables {
    indexing_enabled = false
    writing_enabled  = true
  }

  expect_failures = [var.writing_enabled]
}

run "writers_without_writing" {
  command = plan

  variables {
    writing_callers = ["210987654321"]
  }

  expect_failures = [var.writing_callers]
}
