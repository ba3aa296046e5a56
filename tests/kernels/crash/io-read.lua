-- SPDX-License-Identifier: MIT
-- Registers are read after iounmap().
machine { dts = "virt-pcie", cpus = 2, ram = "64M", smmu = { ssidsize = 8 } }
local k = kernel { "6.12" }

case("crash", function() k:call("memory.io_after_unmap", nil, 0) end)
case("later", function() k:call("crash.warn", nil, 1) end)
