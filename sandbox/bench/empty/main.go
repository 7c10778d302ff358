// Command empty is a Pulumi program that makes nothing: what is left is the cost
// of the engine.
package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

func main() { pulumi.Run(func(*pulumi.Context) error { return nil }) }
