#!/bin/sh
# Grants what the fleet may do on a Kafka cluster with an authorizer: once, by an administrator, before the first coordinator
# starts. Repeating it changes nothing. Needs Kafka's kafka-acls.sh on the PATH.
#
#   acls.sh kafka.example:9093 admin.properties [backfleet]
#
# The last argument is the prefix of topics and groups (BACKFLEET_TOPIC_PREFIX). The three users are names for SASL; with client
# certificates, put their subjects instead.
set -eu
servers=$1 administrator=$2 prefix=${3:-backfleet}
coordinator=User:backfleet-coordinator
worker=User:backfleet-worker
operator=User:backfleet-operator

allow() {
  principal=$1
  shift
  kafka-acls.sh --bootstrap-server "$servers" --command-config "$administrator" --add --allow-principal "$principal" "$@"
}

# The coordinator creates topics that are missing, and looks whether they have the settings that it needs. It publishes tasks,
# its heartbeat, and rows that a repeated reconcile has found; it hears what people want, and what workers report.
allow "$coordinator" --operation Create --operation DescribeConfigs --operation Write --topic "$prefix.tasks"
for topic in control events; do
  allow "$coordinator" --operation Create --operation DescribeConfigs --operation Read --operation Write \
    --topic "$prefix.$topic"
done
# It tells other programs what happens to jobs.
allow "$coordinator" --operation Create --operation DescribeConfigs --operation Write --topic "$prefix.lifecycle"
# Workers read tasks from the start of the topic: a setting of their share group.
allow "$coordinator" --operation AlterConfigs --group "$prefix-workers"

# A worker takes tasks as a member of a group: a share group, or a consumer group on a cluster without them.
allow "$worker" --operation Read --topic "$prefix.tasks"
allow "$worker" --operation Read --group "$prefix-workers"
allow "$worker" --operation Read --group "$prefix-workers-group"
# It hears when to stop, and reports.
allow "$worker" --operation Read --topic "$prefix.control"
allow "$worker" --operation Write --topic "$prefix.events"

# A person's command line publishes pauses and resumes.
allow "$operator" --operation Write --topic "$prefix.control"
