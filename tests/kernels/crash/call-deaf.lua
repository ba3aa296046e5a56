-- SPDX-License-Identifier: MIT
-- A call that is waited for, to a CPU whose interrupts stay off.
machine { dts = "virt-pcie", cpus = 2, ram = "64M", smmu = { ssidsize = 8 } }
local k = kernel { "6.12" }

case("crash", function() k:call "crash.call_deaf" end)
case("later", function() k:call("crash.warn", nil, 1) end)
