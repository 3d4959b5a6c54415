#!/bin/sh
# Install the Debian packages whose programs the tests run for real. As root it installs what is missing and says so;
# otherwise it only says what is missing: those tests are then skipped, except with CI=true, where they fail.
set -eu
missing=""
while read -r program package; do
    # shellcheck disable=SC2086
    set -- $program  # a name, or a path with a star where the machine's kind stands
    command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || [ -e "$1" ] || missing="$missing $package"
done <<LIST
fping fping
snmpd snmpd
snmpget snmp
prometheus-snmp-exporter prometheus-snmp-exporter
openssl openssl
strace strace
groff groff-base
systemd-analyze systemd
cc gcc
chromium chromium
lldpd lldpd
nats-server nats-server
/usr/lib/frr/ospfd frr
/usr/lib/*/frr/modules/ospfd_snmp.so frr-snmp
nsenter util-linux
ip iproute2
ping iputils-ping
promtool prometheus
prometheus prometheus
amtool prometheus-alertmanager
nginx nginx-light
iperf3 iperf3
dnsmasq dnsmasq-base
prometheus-blackbox-exporter prometheus-blackbox-exporter
victoria-metrics victoria-metrics
docker-compose docker-compose
LIST
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing for the tests:$missing"
    # A freshly installed daemon must not start beside the tests that run their own copy of it.
    policy=/usr/sbin/policy-rc.d
    [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' > "$policy"; chmod +x "$policy"; made=1; }
    apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
    [ "${made:-0}" = 1 ] && rm -f "$policy"
    exit 0
fi
echo "not installed (tests that need them are skipped); as root: apt-get install$missing"
