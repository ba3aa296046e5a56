-- SPDX-License-Identifier: MIT
-- A spinlock that is never released, taken with interrupts off.
machine { dts = "virt-pcie", cpus = 2, ram = "64M", smmu = { ssidsize = 8 } }
local k = kernel { "6.12" }

case("crash", function() k:call "crash.spin" end)
case("later", function() k:call("crash.warn", nil, 1) end)
