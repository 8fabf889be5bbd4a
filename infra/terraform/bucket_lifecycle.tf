# What is removed from the bucket automatically.

resource "aws_s3_bucket_lifecycle_configuration" "store" {
  bucket = aws_s3_bucket.store.id

  # Objects deleted by `quidditch index gc`, and replaced manifests, stay as noncurrent versions for a while.
  rule {
    id     = "noncurrent-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = var.noncurrent_version_days
    }

    expiration {
      expired_object_delete_marker = true
    }
  }

  # A writer that was killed while it uploaded a large split leaves parts that are billed but not listed. No upload takes a day.
  rule {
    id     = "unfinished-uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  rule {
    id     = "indexed-files"
    status = var.incoming_expiration_days == null ? "Disabled" : "Enabled"

    filter {
      prefix = local.incoming_prefix
    }

    # A disabled rule needs a number as well.
    expiration {
      days = coalesce(var.incoming_expiration_days, 36500)
    }
  }

  # Rules for noncurrent versions require versioning.
  depends_on = [aws_s3_bucket_versioning.store]
}
