# Three web servers on ports that the scheduler picks.
#
#   nomadctl dev testdata/jobspecs/web.nomad.hcl
#   nomadctl job status web

variable "count" {
  type        = number
  description = "Number of web servers."
  default     = 3
}

job "web" {
  datacenters = ["*"]
  type        = "service"

  group "front" {
    count = var.count

    network {
      port "http" {}
    }

    restart {
      attempts = 3
      interval = "10m"
      delay    = "2s"
      mode     = "fail"
    }

    update {
      max_parallel     = 1
      min_healthy_time = "1s"
      healthy_deadline = "1m"
    }

    task "server" {
      driver = "raw_exec"

      config {
        command = "/bin/sh"
        args = ["-c", <<-EOT
          echo "hello from $NOMAD_ALLOC_NAME on port $NOMAD_PORT_http" > index.html
          exec python3 -u -m http.server --bind 127.0.0.1 --directory . "$NOMAD_PORT_http"
        EOT
        ]
      }

      resources {
        cpu    = 100
        memory = 64
      }
    }
  }
}
