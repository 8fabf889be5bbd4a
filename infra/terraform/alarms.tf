# What somebody should be woken for.

locals {
  # In seconds: short enough to learn of trouble soon, long enough for a number to mean something.
  metric_period = 300

  search_dimensions   = { FunctionName = local.search_name }
  indexing_dimensions = { FunctionName = local.indexing_name }

  search_alarms = {
    search-crashes = {
      description = "The search function failed as a whole: it could not start, ran out of memory or of time. No request should be able to do that."
      namespace   = "AWS/Lambda"
      metric      = "Errors"
      dimensions  = local.search_dimensions
      statistic   = "Sum"
      percentile  = null
      threshold   = 1
      periods     = 1
    }
    search-errors = {
      description = "Searches were answered with 5xx: storage does not answer, or a fault of ours. The log has the cause."
      namespace   = var.metrics_namespace
      metric      = "Errors"
      dimensions  = local.search_dimensions
      statistic   = "Sum"
      percentile  = null
      threshold   = 1
      periods     = 1
    }
    search-throttles = {
      description = "Searches were refused with 429: more ran at once than the account, or search_reserved_concurrency, allows."
      namespace   = "AWS/Lambda"
      metric      = "Throttles"
      dimensions  = local.search_dimensions
      statistic   = "Sum"
      percentile  = null
      threshold   = 1
      periods     = 1
    }
    search-slow = {
      description = "One search in a hundred takes more than 80 % of search_timeout_seconds."
      namespace   = "AWS/Lambda"
      metric      = "Duration"
      dimensions  = local.search_dimensions
      statistic   = null
      percentile  = "p99"
      threshold   = 0.8 * 1000 * var.search_timeout_seconds
      periods     = 3
    }
  }

  indexing_alarms = {
    indexing-failures = {
      description = "Files could not be indexed. The queue of failures says which, and why."
      namespace   = "AWS/SQS"
      metric      = "ApproximateNumberOfMessagesVisible"
      dimensions  = { QueueName = "${local.indexing_name}-failures" }
      statistic   = "Maximum"
      percentile  = null
      threshold   = 1
      periods     = 1
    }
    indexing-lost-failures = {
      description = "Files could not be indexed, and the queue of failures could not be told. The log has the cause."
      namespace   = "AWS/Lambda"
      metric      = "DestinationDeliveryFailures"
      dimensions  = local.indexing_dimensions
      statistic   = "Sum"
      percentile  = null
      threshold   = 1
      periods     = 1
    }
  }

  alarms = merge(local.search_alarms, var.indexing_enabled ? local.indexing_alarms : {})
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = { for name, alarm in local.alarms : name => alarm if var.alarms_enabled }

  alarm_name        = "${var.name}-${each.key}"
  alarm_description = each.value.description

  namespace          = each.value.namespace
  metric_name        = each.value.metric
  dimensions         = each.value.dimensions
  statistic          = each.value.statistic
  extended_statistic = each.value.percentile

  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.threshold
  period              = local.metric_period
  evaluation_periods  = each.value.periods
  # Nobody searching is no trouble.
  treat_missing_data = "notBreaching"

  alarm_actions = var.alarm_topic_arns
  ok_actions    = var.alarm_topic_arns
}
