job "web" {
  typ = "service"

  group "front" {
    count = "many"

    network {
      port "http" { too = 8080 }
    }

    restart {
      attempts = 2
      mode     = "never"
    }

    task "server" {
      driver = "raw_exec"
      config { command = "/bin/true" }
      resources {
        cpu    = var.cpus
        memory = 64
      }
      kill_timeout = "5 seconds"
    }
  }
}
