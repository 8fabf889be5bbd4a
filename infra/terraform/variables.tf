# ---- Names

variable "name" {
  description = "What the names of all things made here begin with."
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
  description = "The bucket, which is made. By default <name>-<account>-<region>."
  type        = string
  default     = null

  validation {
    condition     = var.bucket_name == null || can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket_name))
    error_message = "The bucket's name must have 3 to 63 lower-case letters, digits and hyphens, and begin and end with a letter or digit. (A dot would break TLS.)"
  }
}

variable "store_prefix" {
  description = "Below which prefix of the bucket indices and functions lie."
  type        = string
  default     = "store"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$", var.store_prefix))
    error_message = "The prefix must be one or more names of letters, digits, `_` and `-` with slashes between them, not before or after."
  }

  validation {
    condition     = split("/", var.store_prefix)[0] != "incoming"
    error_message = "The prefix must not begin with incoming: what is written there is indexed, and that would never end."
  }
}

variable "bucket_kms_key_arn" {
  description = "A KMS key for the bucket. By default S3 encrypts with its own keys, which cost nothing and no time."
  type        = string
  default     = null

  validation {
    condition     = var.bucket_kms_key_arn == null || can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/.+$", var.bucket_kms_key_arn))
    error_message = "The bucket's key must be given as the ARN of a key (arn:aws:kms:...:key/...), since aliases mean nothing in policies."
  }
}

variable "bucket_force_destroy" {
  description = "Whether `terraform destroy` may delete the bucket with all indices in it."
  type        = bool
  default     = false
  nullable    = false
}

variable "noncurrent_version_days" {
  description = "How many days deleted and replaced objects can still be brought back. They are billed as long."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.noncurrent_version_days >= 1 && floor(var.noncurrent_version_days) == var.noncurrent_version_days
    error_message = "Noncurrent versions must stay for a whole number of days, at least 1."
  }
}

variable "incoming_expiration_days" {
  description = "After how many days uploaded files are deleted. By default they stay: an index with another mapping is built from them."
  type        = number
  default     = null

  validation {
    # Lambda keeps trying a file for up to 6 hours.
    condition     = var.incoming_expiration_days == null ? true : var.incoming_expiration_days >= 1 && floor(var.incoming_expiration_days) == var.incoming_expiration_days
    error_message = "Uploaded files must stay for a whole number of days, at least 1; null keeps them."
  }
}

variable "access_log_bucket" {
  description = "The name of a bucket, there already, that takes the S3 server's log of access. By default there is no such log."
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
  description = "The zip of the search function. By default what `cargo xtask package lambda` builds in this checkout, target/lambda/search-<architecture>.zip."
  type        = string
  default     = null
}

variable "indices" {
  description = "Indices to open while the process starts (QUIDDITCH_INDICES). Others are opened by the first request for them."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition = alltrue([for name in var.indices :
      can(regex("^[^-_+A-Z\\s\\\\/*?\"<>|,#:][^A-Z\\s\\\\/*?\"<>|,#:]{0,254}$", name)) && !contains([".", "..", ".quidditch", "functions"], name)
    ])
    error_message = "Each index must be a name that an index can have: lower case, no spaces, none of \\ / * ? \" < > | , # :, not beginning with -, _ or +, and not functions."
  }
}

variable "functions" {
  description = "User functions to load while the process starts, as name or name@version (QUIDDITCH_FUNCTIONS). Others are loaded by the first request that has them."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for function in var.functions : can(regex("^[a-z][a-z0-9_]{0,63}(@[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?)?$", function))])
    error_message = "Each function must be given as name or name@version, such as geo_distance or geo_distance@1.0.0."
  }
}

variable "snapshot_seconds" {
  description = "For how many seconds an open index is taken for current (QUIDDITCH_SNAPSHOT_SECONDS); 0 asks S3 at each request. The default costs each busy process at most six GETs a minute."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.snapshot_seconds >= 0 && var.snapshot_seconds <= 3600 && floor(var.snapshot_seconds) == var.snapshot_seconds
    error_message = "An index must be taken for current for a whole number of seconds from 0 to 3600."
  }
}

variable "search_memory_mb" {
  description = "Memory of the search function in MB; processors come with it. The default is the least that comes with a whole one."
  type        = number
  default     = 1769
  nullable    = false

  validation {
    condition     = var.search_memory_mb >= 128 && var.search_memory_mb <= 10240 && floor(var.search_memory_mb) == var.search_memory_mb
    error_message = "The search function's memory must be a whole number from 128 to 10240 MB."
  }
}

variable "search_disk_mb" {
  description = "Size of the search function's /tmp in MB, where it caches what it read. The default is what costs nothing."
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition     = var.search_disk_mb >= 512 && var.search_disk_mb <= 10240 && floor(var.search_disk_mb) == var.search_disk_mb
    error_message = "The search function's disk must be a whole number from 512 to 10240 MB."
  }
}

variable "memory_cache_bytes" {
  description = "Size of the cache in memory in bytes (QUIDDITCH_MEMORY_CACHE_BYTES). By default the function derives it from its memory."
  type        = number
  default     = null

  validation {
    condition     = var.memory_cache_bytes == null ? true : var.memory_cache_bytes >= 0 && var.memory_cache_bytes <= var.search_memory_mb * 1024 * 1024 / 2 && floor(var.memory_cache_bytes) == var.memory_cache_bytes
    error_message = "The cache in memory must be a whole number of bytes, and take at most half of search_memory_mb: searches need the rest."
  }
}

variable "disk_cache_bytes" {
  description = "Size of the cache in /tmp in bytes (QUIDDITCH_DISK_CACHE_BYTES). By default the function derives it from the size of /tmp."
  type        = number
  default     = null

  validation {
    condition     = var.disk_cache_bytes == null ? true : var.disk_cache_bytes >= 0 && var.disk_cache_bytes <= var.search_disk_mb * 1024 * 1024 && floor(var.disk_cache_bytes) == var.disk_cache_bytes
    error_message = "The cache on disk must be a whole number of bytes, and fit into search_disk_mb."
  }
}

variable "product_header" {
  description = "Whether answers have the header X-Elastic-Product: Elasticsearch (QUIDDITCH_PRODUCT_HEADER), without which Elasticsearch's own clients refuse to work."
  type        = bool
  default     = false
  nullable    = false
}

variable "search_timeout_seconds" {
  description = "How many seconds a search may take (QUIDDITCH_TIMEOUT_MS); after them comes what was found so far. The function itself is given 5 more."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.search_timeout_seconds >= 1 && var.search_timeout_seconds <= 895 && floor(var.search_timeout_seconds) == var.search_timeout_seconds
    error_message = "A search may take a whole number of seconds from 1 to 895: Lambda stops a function after 900."
  }

  validation {
    condition     = var.api_gateway_authorization == null || var.search_timeout_seconds <= 25
    error_message = "Behind API Gateway a search may take at most 25 seconds: it waits for 30."
  }
}

variable "search_reserved_concurrency" {
  description = "How many search functions may run at once, at most; requests beyond get 429. -1 leaves it to the account's limit. For a public address this is what bounds the bill."
  type        = number
  default     = -1
  nullable    = false

  validation {
    condition     = var.search_reserved_concurrency >= -1 && floor(var.search_reserved_concurrency) == var.search_reserved_concurrency
    error_message = "The reserved concurrency must be a whole number: -1 for none, 0 to switch searching off, or how many may run at once."
  }
}

# ---- Ways to reach it

variable "function_url_authorization" {
  description = "Who may use the function URL: AWS_IAM for those whom IAM lets, NONE for everybody. null makes no function URL."
  type        = string
  default     = "AWS_IAM"

  validation {
    condition     = var.function_url_authorization == null ? true : contains(["AWS_IAM", "NONE"], var.function_url_authorization)
    error_message = "The function URL's authorization must be AWS_IAM, NONE (everybody), or null (no function URL)."
  }
}

variable "function_url_callers" {
  description = "Roles, users and accounts elsewhere that may use a function URL with AWS_IAM, as ARNs or account numbers. Those of the same account need caller_policy_json instead."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for caller in var.function_url_callers : can(regex("^([0-9]{12}|arn:[^:]+:(iam|sts)::[0-9]{12}:.+)$", caller))])
    error_message = "Each caller must be an account number of 12 digits or the ARN of a role, user or account."
  }

  validation {
    condition     = length(var.function_url_callers) == 0 || var.function_url_authorization == "AWS_IAM"
    error_message = "Callers can only be named where function_url_authorization is AWS_IAM."
  }
}

variable "cors_origins" {
  description = "Origins of web pages that may search from the browser, such as https://www.example.org, or * for all."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.cors_origins : can(regex("^(\\*|https?://[^/]+)$", origin))])
    error_message = "Each origin must be * or a scheme and a host, without a slash at its end: https://www.example.org."
  }
}

variable "api_gateway_authorization" {
  description = "Makes an HTTP API in API Gateway, and says who may use it: AWS_IAM for those whom IAM lets, JWT for those with a token (api_gateway_jwt), NONE for everybody. null makes none."
  type        = string
  default     = null

  validation {
    condition     = var.api_gateway_authorization == null ? true : contains(["AWS_IAM", "JWT", "NONE"], var.api_gateway_authorization)
    error_message = "The HTTP API's authorization must be AWS_IAM, JWT, NONE (everybody), or null (no HTTP API)."
  }
}

variable "api_gateway_jwt" {
  description = "Whose tokens the HTTP API takes with JWT: the issuer's https address, and the audiences of which a token must have one."
  type = object({
    issuer   = string
    audience = list(string)
  })
  default = null

  validation {
    condition     = (var.api_gateway_jwt != null) == (var.api_gateway_authorization == "JWT")
    error_message = "api_gateway_jwt must be given where api_gateway_authorization is JWT, and only there."
  }

  validation {
    condition     = var.api_gateway_jwt == null ? true : startswith(var.api_gateway_jwt.issuer, "https://") && length(var.api_gateway_jwt.audience) > 0
    error_message = "The issuer must be an https address, and there must be at least one audience."
  }
}

variable "api_gateway_rate_limit" {
  description = "How many requests a second the HTTP API passes on, over time; those beyond get 429."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = var.api_gateway_rate_limit > 0
    error_message = "The HTTP API must pass on more than 0 requests a second."
  }
}

variable "api_gateway_burst_limit" {
  description = "How many requests the HTTP API passes on at once."
  type        = number
  default     = 200
  nullable    = false

  validation {
    condition     = var.api_gateway_burst_limit >= 1 && floor(var.api_gateway_burst_limit) == var.api_gateway_burst_limit
    error_message = "The HTTP API must pass on a whole number of requests at once, at least 1."
  }
}

variable "custom_domain" {
  description = "A domain for the HTTP API: its name, its zone in Route 53, and a certificate in ACM that is there already. Without one, a certificate is made."
  type = object({
    domain_name     = string
    hosted_zone_id  = string
    certificate_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.custom_domain == null || var.api_gateway_authorization != null
    error_message = "A custom domain needs the HTTP API: set api_gateway_authorization. (Function URLs have no domains of their own.)"
  }

  validation {
    condition     = var.custom_domain == null ? true : can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.custom_domain.domain_name))
    error_message = "The custom domain must be a name such as search.example.org, without a scheme and without a wildcard."
  }
}

# ---- The indexing function

variable "indexing_enabled" {
  description = "Whether there is a function that indexes the files that are uploaded to incoming/."
  type        = bool
  default     = true
  nullable    = false
}

variable "indexing_package" {
  description = "The zip of the indexing function. By default what `cargo xtask package lambda` builds in this checkout, target/lambda/index-<architecture>.zip."
  type        = string
  default     = null
}

variable "indexing_memory_mb" {
  description = "Memory of the indexing function in MB; processors come with it."
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
  description = "How many seconds indexing one file may take. The default is the longest that Lambda allows."
  type        = number
  default     = 900
  nullable    = false

  validation {
    condition     = var.indexing_timeout_seconds >= 10 && var.indexing_timeout_seconds <= 900 && floor(var.indexing_timeout_seconds) == var.indexing_timeout_seconds
    error_message = "Indexing a file may take a whole number of seconds from 10 to 900."
  }
}

variable "indexing_reserved_concurrency" {
  description = "How many files may be indexed at once, at most; others wait. -1 leaves it to the account's limit."
  type        = number
  default     = -1
  nullable    = false

  validation {
    condition     = var.indexing_reserved_concurrency >= -1 && floor(var.indexing_reserved_concurrency) == var.indexing_reserved_concurrency
    error_message = "The reserved concurrency must be a whole number: -1 for none, 0 to switch indexing off (events then go to the queue of failures), or how many may run at once."
  }
}

# ---- Observation

variable "log_level" {
  description = "What the functions log (QUIDDITCH_LOG): error, warn, info, debug or trace."
  type        = string
  default     = "info"
  nullable    = false

  validation {
    condition     = contains(["error", "warn", "info", "debug", "trace"], var.log_level)
    error_message = "The log level must be error, warn, info, debug or trace."
  }
}

variable "log_retention_days" {
  description = "How many days logs are kept; 0 keeps them for ever."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "Logs can be kept for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days, or for ever (0): CloudWatch knows no others."
  }
}

variable "log_kms_key_arn" {
  description = "A KMS key for the logs, whose policy lets CloudWatch Logs use it. By default CloudWatch encrypts with its own keys."
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
  description = "Whether there are alarms: crashes, 5xx, throttling, slow searches, files that could not be indexed."
  type        = bool
  default     = true
  nullable    = false
}

variable "alarm_topic_arns" {
  description = "SNS topics that are told when an alarm begins and ends."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:[^:]+:sns:[^:]+:[0-9]{12}:.+$", arn))])
    error_message = "Each topic must be given as its ARN: arn:aws:sns:..."
  }
}

variable "dashboard_enabled" {
  description = "Whether there is a dashboard."
  type        = bool
  default     = true
  nullable    = false
}
