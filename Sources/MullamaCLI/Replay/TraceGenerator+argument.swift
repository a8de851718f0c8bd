public import ArgumentParser
public import SchedulerSimulator

extension TraceGenerator: ExpressibleByArgument {}
