package bank.web;

import bank.service.AccountService;
import bank.store.AccountRepository;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Pages of an account. What an account may do is decided in bank.service, which also writes the audit log. */
@RestController
public class AccountController {

    private final AccountService accounts;
    private final AccountRepository repository;

    public AccountController(AccountService accounts, AccountRepository repository) {
        this.accounts = accounts;
        this.repository = repository;
    }

    @GetMapping("/accounts/{number}")
    public AccountView show(@PathVariable String number) {
        return AccountView.of(accounts.get(number));
    }

    @DeleteMapping("/accounts/{number}")
    public void close(@PathVariable String number) {
        repository.close(accounts.get(number).id());
    }
}
