-- SPDX-License-Identifier: MIT
-- With guard pages, a write behind coherent DMA memory faults at that instruction.
local m = machine { dts = "virt-pcie", cpus = 2, ram = "64M", smmu = { ssidsize = 8 } }
local k = kernel { "6.12", guard = true }

case("crash", function()
	k:call("memory.coherent", { buf = m:device("dma0").kernel_name .. "\0" }, 8192, 8192, 0)
end)
case("later", function() k:call("crash.warn", nil, 1) end)
