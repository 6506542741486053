job "example" {
  group "web" {
    count = 2

    network {
      port "http" {}
    }

    service {
      name     = "example"
      provider = "nomad"
      port     = "http"

      check {
        type     = "http"
        path     = "/"
        interval = "10s"
        timeout  = "2s"
      }
    }

    task "server" {
      driver = "raw_exec"

      config {
        command = "python3"
        args    = ["-m", "http.server", "${NOMAD_PORT_http}", "--directory", "local"]
      }

      template {
        destination = "local/index.html"
        data        = <<-EOT
          Hello from allocation ${NOMAD_ALLOC_INDEX} of ${NOMAD_JOB_NAME}.
        EOT
      }

      resources {
        cpu    = 100
        memory = 64
      }
    }
  }
}
