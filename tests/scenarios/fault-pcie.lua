-- SPDX-License-Identifier: MIT
-- A PCIe function that does not answer is not there.

local m = machine { cpus = 1 }
m:fault("pcie.cfg", 1, 1000000)
local k = kernel { { "6.12", "5.10", "7" } }

case("pcie.cfg: the kernel finds no function", function()
	local pci, platform = m:device "dma1", m:device "dma0"
	expect.error(k:call("dma.find", { buf = pci.kernel_name .. "\0" }), "ENODEV")
	expect.equal(k:call("dma.find", { buf = platform.kernel_name .. "\0" }) >= 0, true)
end)
