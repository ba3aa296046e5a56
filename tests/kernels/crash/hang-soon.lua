-- SPDX-License-Identifier: MIT
-- A completion that nobody completes, with less patience.
machine { dts = "virt-pcie", cpus = 2, ram = "64M", smmu = { ssidsize = 8 } }
local k = kernel { "6.12" }
k:hung_task_timeout "2s"

case("crash", function() k:call "crash.hang" end)
case("later", function() k:call("crash.warn", nil, 1) end)
