package bank.web;

import bank.service.AccountService;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Pages of an account. What an account may do is decided in bank.service, which also writes the audit log. */
@RestController
public class AccountController {

    private final AccountService accounts;

    public AccountController(AccountService accounts) {
        this.accounts = accounts;
    }

    @GetMapping("/accounts/{number}")
    public AccountView show(@PathVariable String number) {
        return AccountView.of(accounts.get(number));
    }
}
