# Search at an HTTPS URL with IAM authorization. Everything except the name of the index is a default.

terraform {
  required_version = "~> 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.28"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

module "quidditch" {
  source = "../.."

  indices = ["cities"]
}

output "store_url" {
  value = module.quidditch.store_url
}

output "bucket_name" {
  value = module.quidditch.bucket_name
}

output "curl" {
  value = module.quidditch.curl_function_url
}

output "upload_command" {
  value = module.quidditch.upload_command
}
