# A job says what should run. Register this one with:
#
#     nomadctl job run example.nomad.hcl
#
# and look at it with `nomadctl job status example`.

# Values that differ between places are variables. Set this one with
# `-var replicas=3`, with a -var-file, or with NOMAD_VAR_replicas=3.
variable "replicas" {
  description = "How many web servers to run"
  type        = number
  default     = 2

  validation {
    condition     = var.replicas >= 1 && var.replicas <= 10
    error_message = "Between 1 and 10 web servers can run."
  }
}

job "example" {
  # "service" keeps tasks running for ever; "batch" runs them to their end.
  # "system" and "sysbatch" do the same on every node.
  type = "service"

  # Where the job may run: "*" means every datacenter.
  datacenters = ["*"]

  # Rules that a node must meet. Names such as attr.kernel.name are looked up
  # on each node; `nomadctl node status -verbose NODE` lists them.
  constraint {
    attribute = "${attr.kernel.name}"
    value     = "linux"
  }

  # How a changed job replaces what runs: one allocation at a time, each has to
  # be healthy for five seconds, and a failed deployment goes back by itself.
  update {
    max_parallel     = 1
    min_healthy_time = "5s"
    healthy_deadline = "3m"
    auto_revert      = true
  }

  # The tasks of a group are placed together on one node.
  group "web" {
    count = var.replicas

    # A port without a number gets a free one of the node. Inside the task it is
    # ${NOMAD_PORT_http}; `static = 8080` would ask for that very port.
    network {
      port "http" {}
    }

    # Other jobs find the group under this name, as long as its check passes.
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

    # How long the tasks go on serving after the group's services are taken from
    # the list, so that nobody is sent to one that has stopped.
    shutdown_delay = "2s"

    # A task that fails is started again on its node, twice in half an hour.
    # After that the allocation is moved to another node.
    restart {
      attempts = 2
      interval = "30m"
      delay    = "15s"
      mode     = "fail"
    }

    # Disk that the tasks share, in MB.
    ephemeral_disk {
      size = 150
    }

    task "server" {
      # The driver that runs the task: raw_exec starts a program as it is.
      driver = "raw_exec"

      # What is in config depends on the driver. ${NOMAD_IP_http} and
      # ${NOMAD_PORT_http} are the address that the network block asked for,
      # ${NOMAD_TASK_DIR} is the task's own directory.
      config {
        command = "/usr/bin/python3"
        args = [
          "-m", "http.server", "${NOMAD_PORT_http}",
          "--bind", "${NOMAD_IP_http}",
          "--directory", "${NOMAD_TASK_DIR}",
        ]
      }

      # Variables of the task's environment.
      env {
        PYTHONUNBUFFERED = "1"
      }

      # What the task needs: MHz of CPU and MB of memory. The scheduler places
      # it only where that much is free.
      resources {
        cpu    = 100
        memory = 64
      }

      # How long the task may take to stop after it was asked to.
      kill_timeout = "10s"
    }
  }
}
