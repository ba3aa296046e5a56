-- SPDX-License-Identifier: MIT
-- Memory that is never freed, with leak_check.
local m = machine { dts = "virt-pcie", cpus = 2, ram = "64M", smmu = { ssidsize = 8 } }
local k = kernel { "6.12", leak_check = true }

case("an object", function() k:call("memory.leak", nil, 0) end)
case("pages", function() k:call("memory.leak", nil, 1) end)
case("vmalloc", function() k:call("memory.leak", nil, 2) end)
case("per-CPU memory", function() k:call("memory.leak", nil, 3) end)
