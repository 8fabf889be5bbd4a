# The permissions of each function. The search function reads the store and writes only its log.

locals {
  store_objects = "${aws_s3_bucket.store.arn}/${var.store_prefix}/*"

  assumed_by_lambda = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })

  # This also makes S3 return "not found" for a missing object, instead of "access denied".
  list_store = {
    Sid       = "ListStore"
    Effect    = "Allow"
    Action    = "s3:ListBucket"
    Resource  = aws_s3_bucket.store.arn
    Condition = { StringLike = { "s3:prefix" = "${var.store_prefix}/*" } }
  }

  # Only requests delete indices, and collect garbage. The bucket keeps what is deleted for noncurrent_version_days.
  write_indices = concat(
    ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"],
    var.writing_enabled ? ["s3:DeleteObject"] : [],
  )

  # Below functions/, what the indexing function may not touch, or with publishing_enabled only read.
  protected_functions = var.publishing_enabled ? ["*/function.json", "*.wasm", "*.cwasm", "copies.json"] : ["*"]

  # The log groups are created here, with their retention; a function that could create one would do so without.
  write_log = ["logs:CreateLogStream", "logs:PutLogEvents"]

  decrypt_store = [for key in [var.bucket_kms_key_arn] : {
    Sid      = "DecryptStore"
    Effect   = "Allow"
    Action   = "kms:Decrypt"
    Resource = key
  } if key != null]

  encrypt_store = [for key in [var.bucket_kms_key_arn] : {
    Sid      = "EncryptStore"
    Effect   = "Allow"
    Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
    Resource = key
  } if key != null]
}

resource "aws_iam_role" "search" {
  # Role names are shared by all regions of an account.
  name               = "${local.search_name}-${local.region}"
  description        = "Reads ${local.store_url}"
  assume_role_policy = local.assumed_by_lambda
}

resource "aws_iam_role_policy" "search" {
  name = "search"
  role = aws_iam_role.search.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      {
        Sid      = "ReadStore"
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = local.store_objects
      },
      local.list_store,
      {
        Sid      = "WriteLog"
        Effect   = "Allow"
        Action   = local.write_log
        Resource = "${aws_cloudwatch_log_group.search.arn}:*"
      },
    ], local.decrypt_store)
  })
}

resource "aws_iam_role" "indexing" {
  count = var.indexing_enabled ? 1 : 0

  name               = "${local.indexing_name}-${local.region}"
  description        = "Writes indices to ${local.store_url}"
  assume_role_policy = local.assumed_by_lambda
}

resource "aws_iam_role_policy" "indexing" {
  count = var.indexing_enabled ? 1 : 0

  name = "index"
  role = aws_iam_role.indexing[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      {
        Sid      = "ReadIncoming"
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = "${aws_s3_bucket.store.arn}/${local.incoming_prefix}*"
      },
      {
        Sid      = "WriteIndices"
        Effect   = "Allow"
        Action   = local.write_indices
        Resource = local.store_objects
      },
      {
        # User functions are code that the search function runs. Yanking one writes an object of its own.
        Sid      = var.publishing_enabled ? "LeaveCodeAlone" : "LeaveFunctionsAlone"
        Effect   = "Deny"
        Action   = var.publishing_enabled ? ["s3:PutObject", "s3:DeleteObject"] : ["s3:*"]
        Resource = [for name in local.protected_functions : "${aws_s3_bucket.store.arn}/${var.store_prefix}/functions/${name}"]
      },
      local.list_store,
      {
        Sid      = "ReportFailures"
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = aws_sqs_queue.indexing_failures[0].arn
      },
      {
        Sid      = "WriteLog"
        Effect   = "Allow"
        Action   = local.write_log
        Resource = "${aws_cloudwatch_log_group.indexing[0].arn}:*"
      },
    ], local.encrypt_store)
  })
}
