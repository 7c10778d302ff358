// Package main is being written.
package main

func main() {}
