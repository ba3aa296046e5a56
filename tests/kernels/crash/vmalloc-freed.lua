-- SPDX-License-Identifier: MIT
-- A write after vfree().
machine { dts = "virt-pcie", cpus = 2, ram = "64M", smmu = { ssidsize = 8 } }
local k = kernel { "6.12" }

case("crash", function() k:call("memory.write_after_vfree") end)
case("later", function() k:call("crash.warn", nil, 1) end)
