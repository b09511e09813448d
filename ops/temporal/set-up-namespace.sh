#!/bin/sh
# Makes the namespace and registers our search attributes. Run by a one-shot container at every start; safe to repeat.
set -eu

# A server answers some seconds after its port is open, and knows a namespace some seconds after it was made.
patiently() {
  tries=0
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    # The last try may say what is wrong.
    [ "$tries" -lt 30 ] || { "$@"; return; }
    sleep 2
  done
}

make_namespace() {
  temporal operator namespace describe --namespace default ||
    temporal operator namespace create --namespace default --retention 72h
}

patiently make_namespace
for attribute in LodestoneTenant=Keyword LodestoneLeadMagnet=Keyword LodestoneState=Keyword LodestoneErrorClass=Keyword LodestoneNeedsApproval=Bool LodestoneCostUsd=Double; do
  patiently temporal operator search-attribute create --namespace default \
    --name "${attribute%%=*}" --type "${attribute##*=}"
done
echo 'namespace and search attributes are there'
