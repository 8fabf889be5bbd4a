# A dashboard of performance, errors and cost drivers. docs/deploy.md describes the metrics of the functions.

locals {
  # CloudWatch places widgets on a grid with 24 columns.
  widget_width  = 8
  widget_height = 6

  lambda_metric = { for metric in ["Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions"] :
    metric => ["AWS/Lambda", metric, "FunctionName", local.search_name]
  }

  own_metric = { for metric in ["Requests", "Errors", "Latency", "PlanLatency", "WarmLatency", "ExecuteLatency", "FetchLatency", "StorageGets", "StorageBytes", "CacheHits"] :
    metric => [var.metrics_namespace, metric, "FunctionName", local.search_name]
  }

  # The user functions are known only from their metrics.
  by_function = { for metric, statistic in { FunctionCalls = "Sum", FunctionDocuments = "Sum", FunctionErrors = "Sum", FunctionTime = "Average" } :
    metric => [{
      expression = "SEARCH('{\"${var.metrics_namespace}\",FunctionName,Function} MetricName=\"${metric}\" FunctionName=\"${local.search_name}\"', '${statistic}')"
    }]
  }

  search_widgets = [
    {
      title   = "Requests"
      metrics = [concat(local.own_metric.Requests, [{ stat = "Sum" }]), concat(local.own_metric.Errors, [{ stat = "Sum", label = "5xx" }])]
    },
    {
      title   = "Latency (ms)"
      metrics = [for stat in ["p50", "p90", "p99"] : concat(local.own_metric.Latency, [{ stat = stat, label = stat }])]
    },
    {
      title = "Latency by step, p90 (ms)"
      metrics = [for stage in ["Plan", "Warm", "Execute", "Fetch"] :
        concat(local.own_metric["${stage}Latency"], [{ stat = "p90", label = lower(stage) }])
      ]
    },
    {
      title = "Lambda invocations"
      metrics = [for metric in ["Invocations", "Errors", "Throttles"] :
        concat(local.lambda_metric[metric], [{ stat = "Sum" }])
      ]
    },
    {
      title   = "Concurrent executions"
      metrics = [concat(local.lambda_metric.ConcurrentExecutions, [{ stat = "Maximum" }])]
    },
    {
      title   = "Billed time (ms)"
      metrics = [for stat in ["p50", "p99", "Maximum"] : concat(local.lambda_metric.Duration, [{ stat = stat, label = stat }])]
    },
    {
      title   = "GETs and cache hits per request"
      metrics = [concat(local.own_metric.StorageGets, [{ stat = "Average" }]), concat(local.own_metric.CacheHits, [{ stat = "Average" }])]
    },
    {
      title   = "GETs"
      metrics = [concat(local.own_metric.StorageGets, [{ stat = "Sum" }])]
    },
    {
      title   = "Bytes read"
      metrics = [concat(local.own_metric.StorageBytes, [{ stat = "Sum" }])]
    },
    {
      title   = "User functions: calls and documents"
      metrics = [local.by_function.FunctionCalls, local.by_function.FunctionDocuments]
    },
    {
      title   = "User functions: time per request (ms)"
      metrics = [local.by_function.FunctionTime]
    },
    {
      title   = "User functions: failures"
      metrics = [local.by_function.FunctionErrors]
    },
  ]

  indexing_widgets = [
    {
      title = "Files indexed"
      metrics = [for metric in ["Invocations", "Errors", "Throttles"] :
        ["AWS/Lambda", metric, "FunctionName", local.indexing_name, { stat = "Sum" }]
      ]
    },
    {
      title   = "Time to index a file (ms)"
      metrics = [for stat in ["p50", "Maximum"] : ["AWS/Lambda", "Duration", "FunctionName", local.indexing_name, { stat = stat, label = stat }]]
    },
    {
      title   = "Failed files in the queue"
      metrics = [["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "${local.indexing_name}-failures", { stat = "Maximum" }]]
    },
  ]

  widgets = concat(local.search_widgets, [for widget in local.indexing_widgets : widget if var.indexing_enabled])

  cold_starts_query = join(" | ", [
    "SOURCE '${aws_cloudwatch_log_group.search.name}'",
    "filter type = 'platform.report'",
    "stats count(*) as requests, count(record.metrics.initDurationMs) as starts, pct(record.metrics.initDurationMs, 50) as p50_ms, max(record.metrics.initDurationMs) as max_ms, max(record.metrics.maxMemoryUsedMB) as memory_mb by bin(1h)",
  ])
}

resource "aws_cloudwatch_dashboard" "search" {
  count = var.dashboard_enabled ? 1 : 0

  dashboard_name = var.name

  dashboard_body = jsonencode({
    widgets = concat(
      [for position, widget in local.widgets : {
        type   = "metric"
        x      = position % 3 * local.widget_width
        y      = floor(position / 3) * local.widget_height
        width  = local.widget_width
        height = local.widget_height
        properties = {
          title   = widget.title
          region  = local.region
          view    = "timeSeries"
          period  = local.metric_period
          metrics = widget.metrics
        }
      }],
      [{
        type   = "log"
        x      = 0
        y      = ceil(length(local.widgets) / 3) * local.widget_height
        width  = 3 * local.widget_width
        height = local.widget_height
        properties = {
          title  = "Cold starts"
          region = local.region
          view   = "table"
          query  = local.cold_starts_query
        }
      }],
    )
  })
}
