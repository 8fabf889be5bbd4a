# What leaves the bucket by itself.

resource "aws_s3_bucket_lifecycle_configuration" "store" {
  bucket = aws_s3_bucket.store.id

  # What `quidditch index gc` deletes, and each manifest that another one replaces, stays as a noncurrent version for a while.
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

  # A writer that was killed in the middle of a large split leaves parts that no listing shows, and that are billed. No
  # upload takes a day.
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

    # A rule that is switched off has to have a number, too.
    expiration {
      days = coalesce(var.incoming_expiration_days, 36500)
    }
  }

  # Rules for noncurrent versions mean nothing to a bucket that does not keep versions yet.
  depends_on = [aws_s3_bucket_versioning.store]
}
