# ---- Names

variable "name" {
  description = "Prefix of the names of all resources."
  type        = string
  default     = "quidditch"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}[a-z0-9]$", var.name))
    error_message = "The name must have 2 to 32 lower-case letters, digits and hyphens, begin with a letter, and not end with a hyphen."
  }
}

# ---- The store

variable "bucket_name" {
  description = "The bucket to create. By default <name>-<account>-<region>."
  type        = string
  default     = null

  validation {
    condition     = var.bucket_name == null || can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket_name))
    error_message = "The bucket name must have 3 to 63 lower-case letters, digits and hyphens, and begin and end with a letter or digit. (A dot would break TLS.)"
  }
}

variable "store_prefix" {
  description = "Prefix in the bucket below which indices and functions are stored."
  type        = string
  default     = "store"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$", var.store_prefix))
    error_message = "The prefix must be one or more names of letters, digits, `_` and `-`, separated by slashes, without a leading or trailing slash."
  }

  validation {
    condition     = split("/", var.store_prefix)[0] != "incoming"
    error_message = "The prefix must not begin with incoming: files written there are indexed, which would cause an endless loop."
  }
}

variable "bucket_kms_key_arn" {
  description = "A KMS key for the bucket. By default S3 encrypts with its own keys, which is free and needs no extra requests."
  type        = string
  default     = null

  validation {
    condition     = var.bucket_kms_key_arn == null || can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/.+$", var.bucket_kms_key_arn))
    error_message = "The bucket's key must be given as the ARN of a key (arn:aws:kms:...:key/...), as policies do not accept aliases."
  }
}

variable "bucket_force_destroy" {
  description = "Whether `terraform destroy` may delete the bucket with all indices in it."
  type        = bool
  default     = false
  nullable    = false
}

variable "noncurrent_version_days" {
  description = "How many days deleted and replaced objects can be restored. They are billed for that time."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.noncurrent_version_days >= 1 && floor(var.noncurrent_version_days) == var.noncurrent_version_days
    error_message = "Noncurrent versions must be kept for a whole number of days, at least 1."
  }
}

variable "incoming_expiration_days" {
  description = "After how many days uploaded files are deleted. By default they are kept, so that an index with another mapping can be built from them."
  type        = number
  default     = null

  validation {
    # Lambda retries a file for up to 6 hours.
    condition     = var.incoming_expiration_days == null ? true : var.incoming_expiration_days >= 1 && floor(var.incoming_expiration_days) == var.incoming_expiration_days
    error_message = "Uploaded files must be kept for a whole number of days, at least 1; null keeps them forever."
  }
}

variable "access_log_bucket" {
  description = "The name of an existing bucket for the S3 server access log. By default there is no such log."
  type        = string
  default     = null
}

# ---- The search function

variable "architecture" {
  description = "The processor of both functions: arm64 or x86_64. arm64 costs a fifth less for the same time."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "The architecture must be arm64 or x86_64."
  }
}

variable "search_package" {
  description = "The zip of the search function. By default the one that `cargo xtask package lambda` builds in this checkout, target/lambda/search-<architecture>.zip."
  type        = string
  default     = null
}

variable "indices" {
  description = "Indices to open at start (QUIDDITCH_INDICES). Others are opened by the first request for them."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition = alltrue([for name in var.indices :
      can(regex("^[^-_+A-Z\\s\\\\/*?\"<>|,#:][^A-Z\\s\\\\/*?\"<>|,#:]{0,254}$", name)) && !contains([".", "..", ".quidditch", "functions"], name)
    ])
    error_message = "Each index must be a valid index name: lower case, no spaces, none of \\ / * ? \" < > | , # :, not beginning with -, _ or +, and not functions."
  }
}

variable "functions" {
  description = "User functions to load at start, as name or name@version (QUIDDITCH_FUNCTIONS), or as a reference to an OCI registry, such as oci://ghcr.io/team/geo_distance:1.0.0@sha256:..., from which quidditch_program publishes them. Others are loaded by the first request that calls them."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition = alltrue([for function in var.functions :
      can(regex("^([a-z][a-z0-9_]{0,63}/)?[a-z][a-z0-9_]{0,63}(@[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?)?$", function)) ||
      can(regex("^oci://[A-Za-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)*/[a-z][a-z0-9_]{0,63}:[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]+)?(_[0-9A-Za-z.-]+)?(@sha256:[0-9a-f]{64})?$", function))
    ])
    error_message = "Each function must be given as name or name@version, such as geo_distance or geo_distance@1.0.0, or as oci://REGISTRY/REPOSITORY/name:version, such as oci://ghcr.io/team/geo_distance:1.0.0, with or without a digest."
  }
}

variable "quidditch_program" {
  description = "The quidditch command with which functions are pulled from OCI registries into the store. It runs where Terraform runs, with docker's credentials for the registry, and AWS credentials from its environment."
  type        = string
  default     = "quidditch"
  nullable    = false
}

variable "disabled_functions" {
  description = "User functions that are not called, as name (all versions) or name@version (QUIDDITCH_DISABLED_FUNCTIONS). Searches that call them are answered with a 503, unless the clause has on_error."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for function in var.disabled_functions : can(regex("^([a-z][a-z0-9_]{0,63}/)?[a-z][a-z0-9_]{0,63}(@[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?)?$", function))])
    error_message = "Each function must be given as name or name@version, such as geo_distance or geo_distance@1.0.0."
  }
}

variable "trusted_keys" {
  description = "Public keys, as `quidditch key list` prints them, whose user functions run (QUIDDITCH_TRUSTED_KEYS)."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for key in var.trusted_keys : can(regex("^ed25519:[A-Za-z0-9+/]{43}=$", key))])
    error_message = "Each key must be ed25519: and 44 characters of Base64, as `quidditch key list` prints it."
  }
}

variable "require_signatures" {
  description = "Whether only user functions run that one of trusted_keys has signed, published scripts included (QUIDDITCH_REQUIRE_SIGNATURES)."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.require_signatures || length(var.trusted_keys) > 0
    error_message = "require_signatures needs trusted_keys: without them no user function runs."
  }
}

variable "unsigned_code_enabled" {
  description = "Whether ahead-of-time code of user functions runs without a signature (QUIDDITCH_UNSIGNED_CODE). It is native code: anyone who can write to the store's functions/ can then do whatever the search function can."
  type        = bool
  default     = false
  nullable    = false
}

variable "snapshot_seconds" {
  description = "How many seconds an open index is used before S3 is checked for changes (QUIDDITCH_SNAPSHOT_SECONDS); 0 checks on each request. The default costs at most six GETs per minute and busy process."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.snapshot_seconds >= 0 && var.snapshot_seconds <= 3600 && floor(var.snapshot_seconds) == var.snapshot_seconds
    error_message = "snapshot_seconds must be a whole number from 0 to 3600."
  }
}

variable "search_memory_mb" {
  description = "Memory of the search function in MB, which determines its processors. The default is the least that comes with a full processor."
  type        = number
  default     = 1769
  nullable    = false

  validation {
    condition     = var.search_memory_mb >= 128 && var.search_memory_mb <= 10240 && floor(var.search_memory_mb) == var.search_memory_mb
    error_message = "The search function's memory must be a whole number from 128 to 10240 MB."
  }
}

variable "search_disk_mb" {
  description = "Size of the search function's /tmp in MB, which holds its disk cache. The default is free of charge."
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition     = var.search_disk_mb >= 512 && var.search_disk_mb <= 10240 && floor(var.search_disk_mb) == var.search_disk_mb
    error_message = "The search function's disk must be a whole number from 512 to 10240 MB."
  }
}

variable "memory_cache_bytes" {
  description = "Size of the memory cache in bytes (QUIDDITCH_MEMORY_CACHE_BYTES). By default the function derives it from its memory."
  type        = number
  default     = null

  validation {
    condition     = var.memory_cache_bytes == null ? true : var.memory_cache_bytes >= 0 && var.memory_cache_bytes <= var.search_memory_mb * 1024 * 1024 / 2 && floor(var.memory_cache_bytes) == var.memory_cache_bytes
    error_message = "The memory cache must be a whole number of bytes, and at most half of search_memory_mb: searches need the rest."
  }
}

variable "filter_cache_bytes" {
  description = "Size of the cache for which documents filter functions keep, in bytes (QUIDDITCH_FILTER_CACHE_BYTES); 0 for none. By default the function derives it from its memory."
  type        = number
  default     = null

  validation {
    condition     = var.filter_cache_bytes == null ? true : var.filter_cache_bytes >= 0 && var.filter_cache_bytes <= var.search_memory_mb * 1024 * 1024 / 4 && floor(var.filter_cache_bytes) == var.filter_cache_bytes
    error_message = "The filter cache must be a whole number of bytes, and at most a quarter of search_memory_mb: searches need the rest."
  }
}

variable "disk_cache_bytes" {
  description = "Size of the disk cache in bytes (QUIDDITCH_DISK_CACHE_BYTES). By default the function derives it from the size of /tmp."
  type        = number
  default     = null

  validation {
    condition     = var.disk_cache_bytes == null ? true : var.disk_cache_bytes >= 0 && var.disk_cache_bytes <= var.search_disk_mb * 1024 * 1024 && floor(var.disk_cache_bytes) == var.disk_cache_bytes
    error_message = "The disk cache must be a whole number of bytes, and fit into search_disk_mb."
  }
}

variable "product_header" {
  description = "Whether responses have the header X-Elastic-Product: Elasticsearch (QUIDDITCH_PRODUCT_HEADER), without which Elasticsearch's own clients refuse to work."
  type        = bool
  default     = false
  nullable    = false
}

variable "search_timeout_seconds" {
  description = "Time limit of a search in seconds (QUIDDITCH_TIMEOUT_MS); when it expires, the response has the hits found so far. The Lambda function has 5 seconds more."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.search_timeout_seconds >= 1 && var.search_timeout_seconds <= 895 && floor(var.search_timeout_seconds) == var.search_timeout_seconds
    error_message = "A search may take a whole number of seconds from 1 to 895: Lambda stops a function after 900."
  }

  validation {
    condition     = var.api_gateway_authorization == null || var.search_timeout_seconds <= 25
    error_message = "With API Gateway a search may take at most 25 seconds: it waits for 30."
  }
}

variable "search_reserved_concurrency" {
  description = "Maximum number of concurrent executions of the search function; further requests get 429. -1: the account's limit. For a public URL this is what limits the cost."
  type        = number
  default     = -1
  nullable    = false

  validation {
    condition     = var.search_reserved_concurrency >= -1 && floor(var.search_reserved_concurrency) == var.search_reserved_concurrency
    error_message = "The reserved concurrency must be a whole number: -1 for none, 0 to switch searching off, or the maximum number of concurrent executions."
  }
}

# ---- Endpoints

variable "function_url_authorization" {
  description = "Who may use the function URL: AWS_IAM for callers that IAM allows, NONE for everyone. null creates no function URL."
  type        = string
  default     = "AWS_IAM"

  validation {
    condition     = var.function_url_authorization == null ? true : contains(["AWS_IAM", "NONE"], var.function_url_authorization)
    error_message = "The function URL's authorization must be AWS_IAM, NONE (everyone), or null (no function URL)."
  }
}

variable "function_url_callers" {
  description = "Roles, users and accounts outside this account that may use a function URL with AWS_IAM, as ARNs or account numbers. Callers in this account need caller_policy_json instead."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for caller in var.function_url_callers : can(regex("^([0-9]{12}|arn:[^:]+:(iam|sts)::[0-9]{12}:.+)$", caller))])
    error_message = "Each caller must be an account number of 12 digits or the ARN of a role, user or account."
  }

  validation {
    condition     = length(var.function_url_callers) == 0 || var.function_url_authorization == "AWS_IAM"
    error_message = "Callers can only be named if function_url_authorization is AWS_IAM."
  }
}

variable "cors_origins" {
  description = "Origins of web pages that may search from the browser, such as https://www.example.org, or * for all."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.cors_origins : can(regex("^(\\*|https?://[^/]+)$", origin))])
    error_message = "Each origin must be * or a scheme and a host, without a trailing slash: https://www.example.org."
  }
}

variable "api_gateway_authorization" {
  description = "Who may use the HTTP API in API Gateway: AWS_IAM for callers that IAM allows, JWT for callers with a token (api_gateway_jwt), NONE for everyone. null creates no HTTP API."
  type        = string
  default     = null

  validation {
    condition     = var.api_gateway_authorization == null ? true : contains(["AWS_IAM", "JWT", "NONE"], var.api_gateway_authorization)
    error_message = "The HTTP API's authorization must be AWS_IAM, JWT, NONE (everyone), or null (no HTTP API)."
  }
}

variable "api_gateway_jwt" {
  description = "The tokens that the HTTP API accepts with JWT: the issuer's https URL, and the audiences, one of which a token must have."
  type = object({
    issuer   = string
    audience = list(string)
  })
  default = null

  validation {
    condition     = (var.api_gateway_jwt != null) == (var.api_gateway_authorization == "JWT")
    error_message = "api_gateway_jwt must be set if, and only if, api_gateway_authorization is JWT."
  }

  validation {
    condition     = var.api_gateway_jwt == null ? true : startswith(var.api_gateway_jwt.issuer, "https://") && length(var.api_gateway_jwt.audience) > 0
    error_message = "The issuer must be an https URL, and there must be at least one audience."
  }
}

variable "api_gateway_rate_limit" {
  description = "Requests per second that the HTTP API forwards on average; further requests get 429."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = var.api_gateway_rate_limit > 0
    error_message = "The rate limit of the HTTP API must be greater than 0 requests per second."
  }
}

variable "api_gateway_burst_limit" {
  description = "Largest burst of requests that the HTTP API forwards."
  type        = number
  default     = 200
  nullable    = false

  validation {
    condition     = var.api_gateway_burst_limit >= 1 && floor(var.api_gateway_burst_limit) == var.api_gateway_burst_limit
    error_message = "The burst limit of the HTTP API must be a whole number of requests, at least 1."
  }
}

variable "custom_domain" {
  description = "A domain for the HTTP API: its name, its zone in Route 53, and optionally an existing certificate in ACM. By default a certificate is created."
  type = object({
    domain_name     = string
    hosted_zone_id  = string
    certificate_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.custom_domain == null || var.api_gateway_authorization != null
    error_message = "A custom domain needs the HTTP API: set api_gateway_authorization. (Function URLs do not support custom domains.)"
  }

  validation {
    condition     = var.custom_domain == null ? true : can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.custom_domain.domain_name))
    error_message = "The custom domain must be a name such as search.example.org, without a scheme and without a wildcard."
  }
}

# ---- The indexing function

variable "indexing_enabled" {
  description = "Whether to create the function that indexes the files uploaded to incoming/."
  type        = bool
  default     = true
  nullable    = false
}

variable "indexing_package" {
  description = "The zip of the indexing function. By default the one that `cargo xtask package lambda` builds in this checkout, target/lambda/index-<architecture>.zip."
  type        = string
  default     = null
}

variable "indexing_memory_mb" {
  description = "Memory of the indexing function in MB, which determines its processors."
  type        = number
  default     = 2048
  nullable    = false

  validation {
    condition     = var.indexing_memory_mb >= 512 && var.indexing_memory_mb <= 10240 && floor(var.indexing_memory_mb) == var.indexing_memory_mb
    error_message = "The indexing function's memory must be a whole number from 512 to 10240 MB: a split is built in it."
  }
}

variable "indexing_disk_mb" {
  description = "Size of the indexing function's /tmp in MB."
  type        = number
  default     = 2048
  nullable    = false

  validation {
    condition     = var.indexing_disk_mb >= 512 && var.indexing_disk_mb <= 10240 && floor(var.indexing_disk_mb) == var.indexing_disk_mb
    error_message = "The indexing function's disk must be a whole number from 512 to 10240 MB."
  }
}

variable "indexing_timeout_seconds" {
  description = "Time limit for indexing one file in seconds. The default is Lambda's maximum."
  type        = number
  default     = 900
  nullable    = false

  validation {
    condition     = var.indexing_timeout_seconds >= 10 && var.indexing_timeout_seconds <= 900 && floor(var.indexing_timeout_seconds) == var.indexing_timeout_seconds
    error_message = "Indexing a file may take a whole number of seconds from 10 to 900."
  }
}

variable "indexing_reserved_concurrency" {
  description = "Maximum number of files that are indexed concurrently, and of requests that write; other files wait, and other requests get 429. -1: the account's limit."
  type        = number
  default     = -1
  nullable    = false

  validation {
    condition     = var.indexing_reserved_concurrency >= -1 && floor(var.indexing_reserved_concurrency) == var.indexing_reserved_concurrency
    error_message = "The reserved concurrency must be a whole number: -1 for none, 0 to switch indexing off (events are then sent to the failure queue), or the maximum number of concurrent executions."
  }
}

variable "writing_enabled" {
  description = "Whether the indexing function also answers HTTP requests that change documents and indices, at a function URL of its own with AWS_IAM (QUIDDITCH_WRITES). It may then delete objects of indices."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.writing_enabled || var.indexing_enabled
    error_message = "Requests that write are answered by the indexing function: set indexing_enabled."
  }
}

variable "publishing_enabled" {
  description = "Whether requests to the function URL for writing may also yank and try user functions and change stored scripts, all of which the search function runs (QUIDDITCH_PUBLISHING)."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.publishing_enabled || var.writing_enabled
    error_message = "Functions are managed at the URL for writing: set writing_enabled."
  }
}

variable "writing_callers" {
  description = "Roles, users and accounts outside this account that may use the function URL for writing, as ARNs or account numbers. Callers in this account need writer_policy_json instead."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for caller in var.writing_callers : can(regex("^([0-9]{12}|arn:[^:]+:(iam|sts)::[0-9]{12}:.+)$", caller))])
    error_message = "Each caller must be an account number of 12 digits or the ARN of a role, user or account."
  }

  validation {
    condition     = length(var.writing_callers) == 0 || var.writing_enabled
    error_message = "Callers can only be named if writing_enabled is true."
  }
}

# ---- Monitoring

variable "log_level" {
  description = "Log level of the Lambda functions (QUIDDITCH_LOG): error, warn, info, debug or trace."
  type        = string
  default     = "info"
  nullable    = false

  validation {
    condition     = contains(["error", "warn", "info", "debug", "trace"], var.log_level)
    error_message = "The log level must be error, warn, info, debug or trace."
  }
}

variable "log_retention_days" {
  description = "How many days logs are kept; 0 keeps them forever."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "Logs can be kept for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days, or forever (0): CloudWatch supports no other values."
  }
}

variable "log_kms_key_arn" {
  description = "A KMS key for the logs, whose policy allows CloudWatch Logs to use it. By default CloudWatch encrypts with its own keys."
  type        = string
  default     = null

  validation {
    condition     = var.log_kms_key_arn == null || can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/.+$", var.log_kms_key_arn))
    error_message = "The logs' key must be given as the ARN of a key: arn:aws:kms:...:key/..."
  }
}

variable "metrics_namespace" {
  description = "The namespace of the functions' metrics in CloudWatch (QUIDDITCH_METRICS_NAMESPACE)."
  type        = string
  default     = "Quidditch"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9._/#-]{1,255}$", var.metrics_namespace)) && !startswith(var.metrics_namespace, "AWS/")
    error_message = "The namespace must have 1 to 255 letters, digits and . _ / # -, and not begin with AWS/."
  }
}

variable "alarms_enabled" {
  description = "Whether to create alarms: crashes, 5xx, throttling, slow searches, files that could not be indexed."
  type        = bool
  default     = true
  nullable    = false
}

variable "alarm_topic_arns" {
  description = "SNS topics that are notified when an alarm begins and ends."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:[^:]+:sns:[^:]+:[0-9]{12}:.+$", arn))])
    error_message = "Each topic must be given as its ARN: arn:aws:sns:..."
  }
}

variable "dashboard_enabled" {
  description = "Whether to create the dashboard."
  type        = bool
  default     = true
  nullable    = false
}
