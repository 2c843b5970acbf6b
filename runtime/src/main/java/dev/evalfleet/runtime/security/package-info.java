/// Who this process is to brokers and registries: credentials and certificates, read from files and variables.
@NullMarked
package dev.evalfleet.runtime.security;

import org.jspecify.annotations.NullMarked;
