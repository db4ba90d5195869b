# Which environments a policy treats as protected.
package fleet.environments

protected if input.subject.environment.protected

protected if input.subject.environment.name in input.parameters.protectedEnvironments
