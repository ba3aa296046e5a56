-- SPDX-License-Identifier: MIT
-- An initcall reads a NULL pointer: the kernel dies before there is a case.
machine { dts = "virt-pcie", cpus = 2, ram = "64M", smmu = { ssidsize = 8 } }
local k = kernel { "6.12", cmdline = "crash.boot=1" }

case("later", function() k:call("crash.warn", nil, 1) end)
