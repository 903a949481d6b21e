"""What every source must do, as tests that can be run against any: `suite.Conformance` over a `stage.Stage`."""
