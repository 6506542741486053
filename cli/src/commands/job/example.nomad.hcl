# A job is what you ask the cluster to run. Check it with `nomadctl job validate`, see what would change with
# `nomadctl job plan`, and run it with `nomadctl job run`.
job "example" {
  # A service runs until it is stopped; a batch job runs until it ends.
  type = "service"

  # How a new version replaces the old one: one allocation at a time, each healthy for two seconds first.
  update {
    max_parallel     = 1
    min_healthy_time = "2s"
  }

  # A group runs on one node; its tasks share a network and a directory.
  group "web" {
    count = 1

    network {
      # A free port is chosen; the task finds it in NOMAD_PORT_http.
      port "http" {}
    }

    # A task that ends is started again, at most three times in a minute.
    restart {
      attempts = 3
      interval = "1m"
      delay    = "2s"
      mode     = "delay"
    }

    task "server" {
      driver = "raw_exec"

      config {
        command = "/usr/bin/python3"
        args    = ["-m", "http.server", "--bind", "127.0.0.1", "${NOMAD_PORT_http}"]
      }

      # What the task needs; a node without room for it is not chosen.
      resources {
        cpu    = 100
        memory = 64
      }
    }
  }
}
