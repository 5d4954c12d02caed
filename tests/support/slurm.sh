#!/bin/sh
# Start a Slurm of one node on this machine, on the loopback interface: slurm.sh FOLDER
# For the tests and campaigns that want one (`sinfo` answers); as root, where nothing else is Slurm:
#     apt-get install --no-install-recommends slurm-wlm munge
# It ends with: pkill -F FOLDER/slurmd.pid; pkill -F FOLDER/slurmctld.pid; pkill -F FOLDER/munge.pid
set -eu
place=$(mkdir -p "$1" && cd "$1" && pwd)
host=$(hostname)
mkdir -p "$place/state" "$place/spool" /etc/slurm
[ -f "$place/munge.key" ] || dd if=/dev/urandom of="$place/munge.key" bs=128 count=1 status=none
chmod 600 "$place/munge.key"
cat > "$place/slurm.conf" <<END
ClusterName=lab
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$place/munge.socket
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmctldPort=16817
SlurmdPort=16818
SlurmctldPidFile=$place/slurmctld.pid
SlurmdPidFile=$place/slurmd.pid
StateSaveLocation=$place/state
SlurmdSpoolDir=$place/spool
SlurmctldLogFile=$place/slurmctld.log
SlurmdLogFile=$place/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
MpiDefault=none
ReturnToService=2
MinJobAge=600
SchedulerParameters=batch_sched_delay=0,sched_interval=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=8000 State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=UNLIMITED State=UP
END
printf 'CgroupPlugin=cgroup/v1\nConstrainCores=no\nConstrainRAMSpace=no\n' > "$place/cgroup.conf"
# Not by $SLURM_CONF: it does not reach the steps of a job.
ln -sf "$place/slurm.conf" "$place/cgroup.conf" /etc/slurm/
munged --force --key-file="$place/munge.key" --socket="$place/munge.socket" \
    --pid-file="$place/munge.pid" --log-file="$place/munge.log" --seed-file="$place/munge.seed"
slurmctld
slurmd -N "$host"
until sinfo --noheader | grep -q idle; do sleep 1; done
sinfo
