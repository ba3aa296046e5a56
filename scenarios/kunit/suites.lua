-- SPDX-License-Identifier: MIT
-- All KUnit suites of an object set whose target is smmu-kunit, for `faultline test --kunit`.

machine { dts = "virt-pcie", cpus = 2, ram = "256M" }
local k = kernel {}

case("the kernel's executor runs its suites", function()
	expect.equal(k:call "kunit.run", 0)
end)
