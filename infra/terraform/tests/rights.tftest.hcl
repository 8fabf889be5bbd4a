# All permissions of each role: a new permission must be added here as well.

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
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::b" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:g" }
  }
  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:us-east-1:123456789012:q" }
  }
}

variables {
  search_package   = "versions.tf"
  indexing_package = "versions.tf"
}

run "search_reads_only" {
  assert {
    condition = jsondecode(aws_iam_role_policy.search.policy).Statement == [
      { Sid = "ReadStore", Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::b/store/*" },
      { Sid = "ListStore", Effect = "Allow", Action = "s3:ListBucket", Resource = "arn:aws:s3:::b", Condition = { StringLike = { "s3:prefix" = "store/*" } } },
      { Sid = "WriteLog", Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "arn:aws:logs:us-east-1:123456789012:log-group:g:*" },
    ]
    error_message = aws_iam_role_policy.search.policy
  }
}

run "indexing_leaves_functions_alone" {
  assert {
    condition = jsondecode(aws_iam_role_policy.indexing[0].policy).Statement == [
      { Sid = "ReadIncoming", Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::b/incoming/*" },
      { Sid = "WriteIndices", Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"], Resource = "arn:aws:s3:::b/store/*" },
      { Sid = "LeaveFunctionsAlone", Effect = "Deny", Action = ["s3:*"], Resource = ["arn:aws:s3:::b/store/functions/*"] },
      { Sid = "ListStore", Effect = "Allow", Action = "s3:ListBucket", Resource = "arn:aws:s3:::b", Condition = { StringLike = { "s3:prefix" = "store/*" } } },
      { Sid = "ReportFailures", Effect = "Allow", Action = "sqs:SendMessage", Resource = "arn:aws:sqs:us-east-1:123456789012:q" },
      { Sid = "WriteLog", Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "arn:aws:logs:us-east-1:123456789012:log-group:g:*" },
    ]
    error_message = aws_iam_role_policy.indexing[0].policy
  }
}

run "requests_that_write_may_delete" {
  variables {
    writing_enabled = true
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.indexing[0].policy).Statement : statement.Action if statement.Sid == "WriteIndices"] == [["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject"]]
    error_message = aws_iam_role_policy.indexing[0].policy
  }

  assert {
    condition     = length([for statement in jsondecode(aws_iam_role_policy.indexing[0].policy).Statement : statement if statement.Sid == "LeaveFunctionsAlone"]) == 1
    error_message = "writing must not give access to functions"
  }

  assert {
    condition     = !strcontains(aws_iam_role_policy.search.policy, "Delete") && !strcontains(aws_iam_role_policy.search.policy, "s3:Put")
    error_message = aws_iam_role_policy.search.policy
  }
}

run "publishing_leaves_code_alone" {
  variables {
    writing_enabled    = true
    publishing_enabled = true
  }

  assert {
    condition = [for statement in jsondecode(aws_iam_role_policy.indexing[0].policy).Statement : statement if statement.Effect == "Deny"] == [{
      Sid      = "LeaveCodeAlone", Effect = "Deny", Action = ["s3:PutObject", "s3:DeleteObject"],
      Resource = ["arn:aws:s3:::b/store/functions/*/function.json", "arn:aws:s3:::b/store/functions/*.wasm", "arn:aws:s3:::b/store/functions/*.cwasm", "arn:aws:s3:::b/store/functions/copies.json"]
    }]
    error_message = aws_iam_role_policy.indexing[0].policy
  }

  assert {
    condition     = aws_lambda_function.indexing[0].environment[0].variables["QUIDDITCH_PUBLISHING"] == "true"
    error_message = "the function must manage user functions"
  }
}

run "a_key_of_ones_own" {
  variables {
    bucket_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/k"
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.search.policy).Statement : statement.Action if strcontains(statement.Sid, "crypt")] == ["kms:Decrypt"]
    error_message = aws_iam_role_policy.search.policy
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.indexing[0].policy).Statement : statement.Action if strcontains(statement.Sid, "crypt")] == [["kms:Decrypt", "kms:GenerateDataKey"]]
    error_message = aws_iam_role_policy.indexing[0].policy
  }

  assert {
    condition     = one(aws_s3_bucket_server_side_encryption_configuration.store.rule).bucket_key_enabled
    error_message = "a customer-managed key needs a bucket key"
  }
}
