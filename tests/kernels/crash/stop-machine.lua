-- SPDX-License-Identifier: MIT
-- stop_machine() while a task of another CPU never gives its CPU up.
machine { dts = "virt-pcie", cpus = 2, ram = "64M", smmu = { ssidsize = 8 } }
local k = kernel { "6.12" }

case("crash", function() k:call "crash.stop_machine" end)
case("later", function() k:call("crash.warn", nil, 1) end)
