-- SPDX-License-Identifier: MIT
-- Two threads that an operation has left behind wait for ever.
machine { dts = "virt-pcie", cpus = 2, ram = "64M", smmu = { ssidsize = 8 } }
local k = kernel { "6.12" }

case("crash", function()
	k:call "crash.hang_behind"
	wait "300s"
end)
case("later", function() k:call("crash.warn", nil, 1) end)
